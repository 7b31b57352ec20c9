/**
 * A question to a server. Plain data: whoever keeps a server asks it without any plugin at hand.
 * Texts may hold `{port}`, `{host}`, `{name}`, `{instance}`; they are filled when the port is known.
 */
export type Probe =
  | {
      readonly kind: 'http';
      /** A whole URL, or a path on the server's own endpoint. */
      readonly url: string;
      /** What the JSON answer must say; without it any 2xx passes. */
      readonly expect?: readonly Expectation[];
    }
  | { readonly kind: 'tcp'; readonly host: string | null; readonly port: number | '{port}' }
  | { readonly kind: 'log'; readonly pattern: string; readonly flags: string }
  | { readonly kind: 'exec'; readonly command: Command }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'message' }
  | { readonly kind: 'notify' };

/** A value in a JSON answer, by dotted path, that must be one of these (as text). */
export type Expectation = { readonly path: string; readonly oneOf: readonly string[] };

/** A program with its arguments, or a line for `/bin/sh` where the user wrote one. */
export type Command = { readonly argv: readonly string[] } | { readonly shell: string };

/** When a started server counts as ready. Durations in ms. */
export type ReadyPolicy = {
  /** `null`: the declared port is owned by the server, else it has been alive for 300 ms. */
  readonly probe: Probe | null;
  readonly interval: number;
  /** From the spawn to ready, at most. */
  readonly timeout: number;
  /** Of a single question. */
  readonly probeTimeout: number;
  readonly startPeriod: number;
  /** A visible stranger that holds the port does not block ready. */
  readonly anyOwner: boolean;
};

/** Whether a running server is well. Durations in ms. */
export type HealthPolicy = {
  readonly probe: Probe | null;
  /** None was declared for health: the probe is that of `ready`. */
  readonly probeOfReady?: true;
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  /** After how many failures in a row it is restarted; 0: never. */
  readonly restart: number;
};
