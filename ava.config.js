export default {
  files: ['build/test/**/*.test.js'],
  workerThreads: false,
  concurrency: 4,
  timeout: '60s',
  nodeArguments: ['--enable-source-maps'],
};
