/** The last events, each with a number that only grows: a client that knows its last one asks for those after it. */
export const createHistory = ({ keep }) => {
  const events = [];
  let seq = 0;
  return {
    add: (event) => {
      const entry = { seq: ++seq, received_at: new Date().toISOString(), event };
      events.push(entry);
      // Cut in one go now and then: taking one off the front each time would move the rest each time.
      if (events.length > keep * 1.1) events.splice(0, events.length - keep);
      return entry;
    },
    /** `{limit: 100, since: 0}` */
    last: (query) => {
      const limit = Math.min(Math.max(Number(query?.limit) || 100, 1), keep);
      const since = Number(query?.since) || 0;
      const found = events.filter((entry) => entry.seq > since).slice(-limit);
      return {
        events: found,
        count: found.length,
        total_available: Math.min(events.length, keep),
        last_seq: seq,
      };
    },
  };
};
