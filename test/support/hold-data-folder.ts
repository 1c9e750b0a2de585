// A process that holds the data folder given to it: says `held` or why not, and stays until it is killed or stdin ends.
import { DataFolderInUse, openDataFolder } from '../../src/server/data-folder.ts';

try {
  openDataFolder(process.argv[2] ?? '');
  console.log('held');
  process.stdin.resume();
} catch (error) {
  console.log(error instanceof DataFolderInUse ? error.message : `unexpected: ${String(error)}`);
  process.exitCode = error instanceof DataFolderInUse ? 3 : 1;
}
