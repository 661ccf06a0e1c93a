/**
 * Before every test file: property tests draw the same cases in every run, so that a red run is about the change that it
 * tests. `VITRINE_SEED=random` (or a number) draws others.
 */
import fc from 'fast-check';

const wanted = process.env.VITRINE_SEED;
if (wanted !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(wanted ?? 20_261_126) });
