/** Numbers the steps of the story, measures them, takes their pictures in both themes, and writes it all down. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';

type Facts = Readonly<Record<string, unknown>>;

export interface Told {
  readonly n: number;
  readonly step: string;
  readonly ms: number;
  readonly facts: Facts;
  readonly pictures: readonly string[];
}

export class Teller {
  readonly folder: string;
  readonly told: Told[] = [];
  #pictures: string[] = [];

  constructor(folder: string) {
    this.folder = folder;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }

  /** Runs one step; what it answers are the facts that were checked. A step that throws ends the story. */
  async step<F extends Facts>(name: string, act: () => Promise<F>): Promise<F> {
    const n = this.told.length + 1;
    const started = performance.now();
    this.#pictures = [];
    try {
      const facts = await act();
      const ms = Math.round(performance.now() - started);
      this.told.push({ n, step: name, ms, facts, pictures: this.#pictures });
      this.#save(null);
      console.log(`✓ ${String(n).padStart(2)}  ${name}  ${ms} ms  ${briefly(facts)}`);
      return facts;
    } catch (error) {
      this.#save({ step: name, error: error instanceof Error ? error.message : String(error) });
      console.log(`✗ ${String(n).padStart(2)}  ${name}`);
      throw error;
    }
  }

  /** A step that also makes something for the steps after it; only its facts are written down. */
  async open<M>(name: string, act: () => Promise<{ made: M; facts: Facts }>): Promise<M> {
    const kept: M[] = [];
    await this.step(name, async () => {
      const { made, facts } = await act();
      kept.push(made);
      return facts;
    });
    const [made] = kept;
    if (made === undefined) throw new Error(`${name} made nothing`);
    return made;
  }

  /** `03-live-dark.png` and `03-live-light.png` of what the page shows now. */
  async picture(page: Page, name: string): Promise<void> {
    for (const theme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      // Let the theme's colours settle; some parts draw them themselves.
      await page.waitForTimeout(400);
      const file = `${String(this.told.length + 1).padStart(2, '0')}-${name}-${theme}.png`;
      await page.screenshot({ path: join(this.folder, file) });
      this.#pictures.push(file);
    }
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'no-preference' });
  }

  #save(failure: Facts | null): void {
    writeFileSync(
      join(this.folder, 'story.json'),
      `${JSON.stringify({ complete: false, failure, steps: this.told }, null, 2)}\n`,
    );
  }

  end(): void {
    writeFileSync(
      join(this.folder, 'story.json'),
      `${JSON.stringify({ complete: true, failure: null, steps: this.told }, null, 2)}\n`,
    );
  }
}

function briefly(facts: Facts): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ')
    .slice(0, 160);
}

/** A fact that must hold; the story ends where one does not. */
export function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`Not so: ${what}`);
}
