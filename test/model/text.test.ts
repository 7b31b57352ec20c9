import test from 'ava';
import { cut, pad, sanitise, visibleWidth } from '../../src/model/text.js';

test('nothing that acts on a terminal, reorders or hides text comes through', (t) => {
  t.is(sanitise('a\u001b[31mb\r\n\tc\0'), 'a\\x1b[31mb\\r\\n\\tc\\0');
  t.is(sanitise('\u009b2J\u007f\u0085'), '\\x9b2J\\x7f\\x85');
  t.is(sanitise('gnp\u202egnp.exe\u2066'), 'gnp\\u{202e}gnp.exe\\u{2066}');
  t.is(sanitise('we\u200bb\ufeff\u00ad'), 'we\\u{200b}b\\u{feff}\\xad');
  t.is(sanitise('\ud800x'), '\\u{d800}x');
  t.is(sanitise('\u{e0041}\u2028'), '\\u{e0041}\\u{2028}');
});

test('every language and emoji come through', (t) => {
  for (const text of ['web-1', 'größe', '日本語', 'שרת', 'сервер', '👩‍👩‍👧', '🇩🇪', 'é'])
    t.is(sanitise(text), text);
});

test('widths', (t) => {
  t.is(visibleWidth(''), 0);
  t.is(visibleWidth('abc ●'), 5);
  t.is(visibleWidth('größe'), 5);
  t.is(visibleWidth('日本'), 4);
  t.is(visibleWidth('👩‍👩‍👧'), 2);
  t.is(visibleWidth('e\u0301'), 1);
});

test('cut never breaks a character and never gets wider', (t) => {
  t.is(cut('abcdef', 6), 'abcdef');
  t.is(cut('abcdef', 4), 'abc…');
  t.is(cut('日本語', 4), '日…');
  t.is(cut('👩‍👩‍👧x日本', 4), '👩‍👩‍👧x…');
  t.is(cut('abcdef', 3, '~'), 'ab~');
  t.is(cut('abcdef', 1), '…');
  t.is(cut('abcdef', 0), '');
  for (let width = 0; width < 12; width += 1) t.true(visibleWidth(cut('a日b本👩‍👩‍👧c語', width)) <= width);
});

test('pad counts cells', (t) => {
  t.is(pad('日', 4), '日  ');
  t.is(pad('7', 3, 'right'), '  7');
  t.is(pad('long', 2), 'long');
});
