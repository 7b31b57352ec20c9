/** pm2's verbs that are none here, and what does their job. */
export const replacements: Readonly<Record<string, string>> = {
  kill: 'There is no background process to end: stop the servers with: mpm-io stop all --everywhere',
  ping: 'There is no background process to ask.',
  dump: 'What runs is recorded at every start: there is nothing to save.',
  save: 'What runs is recorded at every start: there is nothing to save.',
  monit: 'Watch servers with: mpm-io status',
  imonit: 'Watch servers with: mpm-io status',
  startOrRestart: 'Use: mpm-io restart (it starts what is missing)',
  reloadLogs: 'Log files are opened for append: a rotated file is seen at the next line.',
  deploy: 'Deploy with your own tool, then: mpm-io restart all',
  ecosystem: 'Write a first file with: mpm-io config init',
  init: 'Write a first file with: mpm-io config init',
  jlist: 'Use: mpm-io status --json',
  prettylist: 'Use: mpm-io status --json',
};
