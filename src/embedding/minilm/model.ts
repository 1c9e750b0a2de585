// all-MiniLM-L6-v2 without a runtime: BERT with 6 layers, post-layer-norm, mean over the tokens, length 1.
// The arithmetic is the kernel's; this walks the layers.
import type { Kernel } from './kernel.ts';
import type { Tokenizer } from './tokenizer.ts';
import { DIMENSIONS, INNER, MAX_TOKENS, workAreaAt } from './work-area.ts';

const LAYERS = 6;

export type ModelParts = {
  kernel: Kernel;
  memory: WebAssembly.Memory;
  addresses: Record<string, number>;
  workArea: number;
  tokenizer: Tokenizer;
};

/** Text in, a vector of length 1 out. Blocks its thread. */
export type EmbedText = (text: string) => Float32Array<ArrayBuffer>;

export function createModel({ kernel, memory, addresses, workArea, tokenizer }: ModelParts): EmbedText {
  const at = workAreaAt(workArea);
  const ids = new Int32Array(memory.buffer, at.ids, MAX_TOKENS);
  const states = new Float32Array(memory.buffer, at.state, MAX_TOKENS * DIMENSIONS);
  const tensor = (name: string): number => {
    const address = addresses[name];
    if (address === undefined) throw new Error(`the embedder's weights have no tensor ${name}`);
    return address;
  };
  const norm = (name: string) => ({ gain: tensor(`${name}.gain`), bias: tensor(`${name}.bias`) });
  const matrix = (name: string, inputs: number, outputs: number) => ({
    inputs,
    outputs,
    weights: tensor(name),
    scale: tensor(`${name}.scale`),
    bias: tensor(`${name}.bias`),
  });
  const words = { rows: tensor('words'), scale: tensor('words.scale'), positions: tensor('positions') };
  const firstNorm = norm('norm');
  const layers = Array.from({ length: LAYERS }, (_, layer) => ({
    qkv: matrix(`${layer}.qkv`, DIMENSIONS, 3 * DIMENSIONS),
    out: matrix(`${layer}.out`, DIMENSIONS, DIMENSIONS),
    up: matrix(`${layer}.up`, DIMENSIONS, INNER),
    down: matrix(`${layer}.down`, INNER, DIMENSIONS),
    norm1: norm(`${layer}.norm1`),
    norm2: norm(`${layer}.norm2`),
  }));

  return (text) => {
    const encoded = tokenizer.encode(text, MAX_TOKENS);
    const tokens = encoded.length;
    // The kernel takes tokens four at a time; those added are computed and ignored.
    const padded = Math.ceil(tokens / 4) * 4;
    ids.fill(0, tokens, padded).set(encoded);

    const linear = (input: number, m: ReturnType<typeof matrix>, output: number) => {
      kernel.quantise(input, padded, m.inputs, at.quantised, at.scales);
      kernel.linear(at.quantised, at.scales, padded, m.inputs, m.weights, m.scale, m.bias, m.outputs, output);
    };
    const addNorm = (change: number, { gain, bias }: ReturnType<typeof norm>) =>
      kernel.addNorm(at.state, change, padded, DIMENSIONS, gain, bias, at.state);

    kernel.lookup(at.ids, padded, words.rows, words.scale, words.positions, DIMENSIONS, at.state);
    addNorm(0, firstNorm);
    for (const { qkv, out, up, down, norm1, norm2 } of layers) {
      linear(at.state, qkv, at.wide);
      kernel.attention(at.wide, tokens, DIMENSIONS, at.row, at.change);
      linear(at.change, out, at.change);
      addNorm(at.change, norm1);
      linear(at.state, up, at.wide);
      kernel.gelu(at.wide, padded * INNER);
      linear(at.wide, down, at.change);
      addNorm(at.change, norm2);
    }
    return meanOf(states, tokens);
  };
}

/** The mean of the tokens' rows, scaled to length 1. */
function meanOf(rows: Float32Array, tokens: number): Float32Array<ArrayBuffer> {
  const mean = Float64Array.from({ length: DIMENSIONS }, (_, column) => {
    let sum = 0;
    for (let token = 0; token < tokens; token++) sum += rows[token * DIMENSIONS + column] ?? 0;
    return sum;
  });
  const scale = 1 / Math.sqrt(mean.reduce((squares, value) => squares + value * value, 0));
  return Float32Array.from(mean, (value) => value * scale);
}
