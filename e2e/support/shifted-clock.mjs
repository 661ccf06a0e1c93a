// Loaded into the app with `--import`: its wall clock is off by as many ms as stand in the file VITRINE_TEST_CLOCK, read
// anew ten times a second, as if somebody changed the system's time. The monotonic clock is left alone.
import { readFileSync } from 'node:fs';

const RealDate = Date;
let offset = 0;
setInterval(() => {
  offset = Number(readFileSync(process.env.VITRINE_TEST_CLOCK ?? '', 'utf8')) || 0;
}, 100).unref();

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + offset);
    else super(...args);
  }
  static now() {
    return RealDate.now() + offset;
  }
};
