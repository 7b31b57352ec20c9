import picocolors from 'picocolors';

/** What the place that text is written to can show. */
export type Terminal = {
  /** In cells. Not looked at when it is no TTY: there nothing is cut. */
  readonly width: number;
  readonly colour: boolean;
  readonly tty: boolean;
  readonly unicode: boolean;
};

type Paint = ReturnType<typeof picocolors.createColors>;

type Colour = 'red' | 'green' | 'yellow' | 'magenta' | 'cyan' | 'dim' | 'bold' | 'plain';

/** Colours text that is already sanitised and cut; says nothing that the words do not say too. */
export const painter = (terminal: Terminal): ((colour: Colour, text: string) => string) => {
  const paint = terminal.colour ? colours : noColours;
  return (colour, text) => (colour === 'plain' || text === '' ? text : paint[colour](text));
};

const colours: Paint = picocolors.createColors(true);
const noColours: Paint = picocolors.createColors(false);

export type { Colour };
