export { createPackWriter, pack, type PackWriter } from './pack.ts';
export { unpack, type Unpacked } from './unpack.ts';
export { createPackedReader, parsePackedClientMessage, type PackedReader } from './packed-messages.ts';
