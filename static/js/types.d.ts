/** The shapes that cross a module: what the page is given, and what goes over the wire. */

import type { Settings } from './editor/settings.js';

export interface Language {
  id: string;
  name: string;
  version: string;
  image: string | null;
  file: string;
  network: boolean;
  available: boolean;
  reason: string | null;
}

/** `name` is null where the machine has no sandbox at all. */
export interface Runner {
  name: string | null;
  detail: string;
}

/** Which images the server brings in; `progress` goes from 0 to 1. */
export interface Images {
  fetching: string | null;
  missing: string[];
  progress: number | null;
}

export interface PageData {
  /** Of the account; null for a guest, and where nothing was chosen. */
  settings: Partial<Settings> | null;
  isUser: boolean;
  /** what the page before has left to say */
  messages: { tone: Tone; title: string }[];
  languages: Language[];
  templates: Record<string, string>;
  runner: Runner;
  assistant: AssistantData;
}

/** `teaching`: hints come first. `url`: where it is asked. */
export interface AssistantData {
  enabled: boolean;
  teaching: boolean;
  url: string;
}

export interface WorkspaceData extends Omit<PageData, 'templates'> {
  workspace: { id: string; name: string; language: string; entry: string };
  files: ServerFile[];
  /** below which the files are previewed, where the language is one of pages */
  preview: string | null;
}

/** A file as the server has it; what is no text comes in base64, what is long not with the page. */
export interface ServerFile {
  id: number;
  path: string;
  version: number;
  content: string | null;
  encoding: 'utf-8' | 'base64';
}

/** What a change of a workspace's files answers. */
export interface FilesAnswer {
  tree: string;
  files: Pick<ServerFile, 'id' | 'path' | 'version'>[];
  file?: ServerFile;
  /** of a copy that was made */
  path?: string;
  deletion?: string;
}

/** One frame of `/ws/execute`; only the fields that its `type` brings are there. */
export interface Frame {
  type: string;
  content: string;
  timestamp?: string;
  execution_id?: string;
  seq?: number;
  state?: string;
  note?: string | null;
  position?: number;
  status?: string;
  exit_code?: number | null;
  signal?: string | number | null;
  duration_ms?: number | null;
  cpu_ms?: number | null;
  memory_bytes?: number | null;
  truncated?: boolean;
  wall_time_s?: number;
  cpu_time_s?: number | null;
  reason?: string | null;
  explanation?: string | null;
  file?: string | null;
  line?: number | null;
  column?: number | null;
  problems?: Problem[];
  code?: string;
  retry_after?: number | null;
  errors?: { field: string; message: string }[];
  packages?: string[];
  package_manager?: string;
  package_name?: string;
  module?: string;
  install_command?: string;
  preview_url?: string;
  files?: MadeFile[];
  watchers?: string[];
}

/** An error in one of the user's files, in the words of its compiler or runtime. */
export interface Problem {
  file: string;
  line: number | null;
  column: number | null;
  message: string;
}

/** A file that a program has made; a page can be looked at under its `preview_url`. */
export interface MadeFile {
  name: string;
  size: number;
  content_type: string;
  url: string;
  preview_url?: string;
}

export interface RunRequest {
  language: string;
  code: string;
  interactive: boolean;
  tty?: boolean;
  cols?: number;
  rows?: number;
  files?: { name: string; content: string; encoding: string }[];
  workspace?: string;
  install_packages?: string[];
  stdin?: string;
  args?: string[];
  artifacts?: boolean;
}

export type AssistAction = 'fix_error' | 'explain_error' | 'explain_code' | 'optimize_code';

/** How much is given away. */
export type AssistStep = 'nudge' | 'explain' | 'show';

/** What `/api/ai/assist` is asked. */
export interface AssistQuestion {
  action: AssistAction;
  language: string;
  code: string;
  error?: string;
  stdin?: string;
  args?: string[];
  files?: RunRequest['files'];
  install_packages?: string[];
  line?: number | null;
  step?: AssistStep;
  question?: string;
  turns?: AssistTurn[];
}

export interface AssistTurn {
  role: 'user' | 'assistant';
  content: string;
}

/** What its answer comes in. */
export type AssistFrame =
  | { type: 'start'; provider: string; model: string }
  | { type: 'text'; content: string }
  | { type: 'html'; finished: string; unfinished: string }
  | { type: 'trying' }
  | ({ type: 'answer' } & AssistAnswer)
  | { type: 'error'; problem: { status: number; title: string; detail: string } };

export interface AssistAnswer {
  response: string;
  provider: string;
  model: string;
  /** The new source of the file that is run. */
  code: string | null;
  files: { name: string; content: string }[];
  verdict: Verdict | null;
  notes: string[];
  step: AssistStep;
  /** What may be asked for now, where hints come first; null where nothing is held back. */
  next_step: AssistStep | null;
}

export interface Verdict {
  status: 'verified' | 'unclear' | 'failed' | 'not_tried';
  message: string;
  before: Figures | null;
  after: Figures | null;
}

export interface Figures {
  duration_ms: number | null;
  cpu_ms: number | null;
  memory_bytes: number | null;
}

export interface TerminalSize {
  cols: number;
  rows: number;
}

/** Somewhere in the program's text; line and column count from 1. */
export interface Place {
  file: string | null;
  line: number;
  column: number | null;
}

export interface ResumeRequest {
  type: 'resume';
  execution_id: string;
  after_seq: number;
}

export type RunState =
  | 'idle'
  | 'connecting'
  | 'queued'
  | 'starting'
  | 'installing'
  | 'running'
  | 'stopping'
  | 'restarting'
  | 'reconnecting'
  | 'completed'
  | 'error'
  | 'timeout'
  | 'stopped'
  | 'lost'
  | 'refused'
  | 'unreachable';

export type Tone = 'plain' | 'busy' | 'good' | 'warn' | 'bad';

export interface NoticeAction {
  label: string;
  first?: boolean;
  act: () => void;
}

/** What is said below the terminal: what happened, and what to do next. */
export interface NoticeText {
  tone: Tone;
  title: string;
  text?: string;
  /** A piece of the program to show in the code font. */
  code?: string;
  /** From 0 to 1; null where it is unknown. */
  progress?: number | null;
  actions?: NoticeAction[];
}

/** What has changed in a class (`staff/class_view/feed.py`); `tiles` are HTML by user id. */
export interface ClassChange {
  summary?: string;
  order?: number[];
  tiles?: Record<string, string>;
}
