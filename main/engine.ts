/**
 * How this process runs its code; imported first, because the parser is instantiated while its module is read.
 *
 * V8 compiles WebAssembly twice: quickly when it is loaded, and what runs often once more with its optimizing compiler, in
 * the background. For the SQL parser the second time takes two cores for about 1.5 s and up to 600 MB, right behind the
 * first statements of an incident, and parsing is no faster for it: most of its time is the JSON of the tree.
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--no-wasm-tier-up');
setFlagsFromString('--no-wasm-dynamic-tiering');
