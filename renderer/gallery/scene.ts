/** What a scene of the gallery may say, and what most of them begin with. */

import type { RequestView } from '../../shared/api.ts';
import type { ChangeOptions } from '../../shared/api-change.ts';
import type { AppState, ExportOffer, ExportState, ResultState, Settings, UserError } from '../../shared/ipc.ts';
import type { ApprovalsState } from '../../shared/ipc-approve.ts';
import type { HeldEnvelope } from '../../shared/ipc-envelope.ts';
import type { ExplainAnswer } from '../../shared/ipc-explain.ts';
import type { HistoryPage, HistoryQuery } from '../../shared/ipc-history.ts';
import type { ImportPlan, QueryLibrary } from '../../shared/ipc-queries.ts';
import type { SchemaTree, Section, SectionName } from '../../shared/ipc-schema.ts';
import type { StepUpState } from '../../shared/ipc-step-up.ts';
import type { Mishap } from '../../shared/ipc-workspace.ts';
import type { Bridge } from '../bridge.ts';
import { amira, connection, grant, ledger, portClient, portOpen, repair } from './data.ts';
import type { EditorAnswers } from './scenes-editor.ts';

export interface Scene {
  readonly state: AppState;
  /** What this device holds. */
  readonly envelopes?: readonly HeldEnvelope[];
  /** Pushed when a statement is run, after so many ms. */
  readonly results?: readonly (readonly [afterMs: number, result: Partial<ResultState>])[];
  /** Answered to the run itself. */
  readonly refuse?: UserError;
  readonly confirm?: { readonly title: string; readonly detail: string; readonly action: string };
  /** Run at once when the editor is there. */
  readonly run?: boolean;
  readonly text?: string;
  readonly editor?: EditorAnswers;
  /** Answered when a plan is asked for. */
  readonly explain?: ExplainAnswer;
  /** What may be exported, and what becomes of it when it is asked for. */
  readonly offer?: ExportOffer;
  readonly exports?: readonly (readonly [afterMs: number, state: Partial<ExportState>])[];
  readonly refuseExport?: UserError;
  /** Exports that are under way when the scene begins. */
  readonly writing?: readonly (readonly [afterMs: number, state: Partial<ExportState>])[];
  /** The export dialog is open. */
  readonly dialog?: boolean;
  /** Every value in the panel beside the rows; `valueBytes` where it pretends to be longer. */
  readonly value?: string;
  readonly valueBytes?: number;
  /** Labels of buttons that are pressed one after the other once they are there. */
  readonly press?: readonly string[];
  /** Shown to the page a moment after its state. */
  readonly next?: AppState;
  /** The first rows, where they are not the shop's. */
  readonly values?: readonly (readonly (string | null)[])[];
  /** How far work over all rows is for ever, per cent. */
  readonly busy?: number;
  /** A command of the shell's menu, once the page is there. */
  readonly command?: string;
  /** Keys that are pressed once the page is there, as Playwright writes them. */
  readonly keys?: readonly string[];
  /** What the catalog answers instead of the shop; `slow` is a section that never comes. */
  readonly catalog?: {
    readonly tree?: SchemaTree;
    readonly sections?: Partial<Record<SectionName, Section>>;
    readonly refuse?: Partial<Record<SectionName, UserError>>;
    readonly slow?: SectionName;
  };
  /** Which panel the side bar shows, and what is in the history. */
  readonly panel?: Settings['side_panel'];
  /** Settings that are not as on the first day, and what happened to their file. */
  readonly settings?: Partial<Settings>;
  readonly mishaps?: readonly Mishap[];
  readonly history?: (query: HistoryQuery) => HistoryPage;
  /** Calls that are refused with this, or to which no answer ever comes. */
  readonly calls?: Partial<Record<keyof Bridge, UserError | 'never'>>;
  /** Names of the tabs, where they are not two. */
  readonly titles?: readonly string[];
  /** The saved queries; `linked`: the first tab was opened from the first of them, whose text is now `now`. */
  readonly queries?: QueryLibrary | UserError;
  readonly linked?: { readonly rev: string; readonly now: string };
  readonly plan?: ImportPlan;
  /** What may be changed about the grant. */
  readonly changes?: ChangeOptions;
  /** A new sign-in is asked for. */
  readonly stepUp?: StepUpState;
  /** What waits for this person's answer, and what an answer makes of it. */
  readonly approvals?: ApprovalsState;
  readonly answer?: Partial<RequestView>;
  /** What a picture waits for. */
  readonly shows?: string;
}

export type LiveState = Extract<AppState, { phase: 'live' }>;
export const live = (leftS: number, part: Partial<LiveState> = {}): LiveState => ({
  phase: 'live',
  person: amira,
  grant: grant(leftS),
  connection: connection(),
  port: portOpen({ clients: [portClient(0)] }),
  ledger,
  blocked: null,
  messages: [],
  ...part,
});
export const writing = (leftS: number): LiveState => live(leftS, { grant: grant(leftS, repair) });
export const done = [[0, {}]] as const;
export const failed = {
  status: 'error',
  columns: [],
  rows: 0,
  stored: 0,
  tag: null,
  first_row_ms: null,
  done_ms: 8,
} as const satisfies Partial<ResultState>;

export const changed = {
  columns: [],
  rows: 0,
  stored: 0,
  tag: 'UPDATE 37',
  first_row_ms: null,
  done_ms: 18,
  fate: 'open',
} as const satisfies Partial<ResultState>;
