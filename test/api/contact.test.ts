import { emailFault, localeFault, nameFault, phoneFault, zoneFault } from '../../commands/contact';

describe('what people are reached by', () => {
  it.each(['a@b.example', 'first.last+tag@sub.example.org', "o'brien@xn--mller-kva.example"])('takes the address %s', (text) => {
    expect(emailFault(text)).toBeNull();
  });

  it.each([
    'a@b.com, c@d.com',
    'a@b.com;c@d.com',
    'Ann <a@b.com>',
    '"a b"@c.com',
    'a@b.com\r\nBcc: c@d.com',
    'a@b',
    'a@@b.com',
    '@b.com',
    'a@',
    'a..b@c.com',
    '.a@b.com',
    'a@-b.com',
    'a@b.com.',
    'аnn@example.com',
    'a@exаmple.com',
    'a@b.com(c)',
    'a@[127.0.0.1]',
    'a@1.2.3.4',
    `${'a'.repeat(65)}@b.com`,
    'a\u0000@b.com',
    '',
  ])('refuses the address %j', (text) => {
    expect(emailFault(text)).not.toBeNull();
  });

  it('takes international numbers only', () => {
    expect(phoneFault('+4915112345678')).toBeNull();
    for (const text of ['015112345678', '+0151123456', '+49 151 1234', '+1', 'x']) expect(phoneFault(text)).not.toBeNull();
  });

  it('takes IANA zones, not offsets or inventions', () => {
    for (const zone of ['Europe/Berlin', 'America/Argentina/Buenos_Aires', 'UTC', 'Asia/Kolkata']) expect(zoneFault(zone)).toBeNull();
    for (const zone of ['+01:00', 'Europe/Atlantis', '', 'Europe/Berlin\n', '../etc/passwd']) expect(zoneFault(zone)).not.toBeNull();
  });

  it('takes language tags', () => {
    expect(localeFault('de-AT')).toBeNull();
    expect(localeFault('not a tag')).not.toBeNull();
  });

  it('takes names of every script and refuses what would break a header or turn a line round', () => {
    for (const name of ['Zoë', 'علي', '李雷', 'Ann 😀', "=HYPERLINK('x')", '{{name}}', '<b>Ann</b>']) expect(nameFault(name, 200)).toBeNull();
    for (const name of ['', '   ', 'a\r\nBcc: x', 'a\u0000', 'a\u202eb', '\ud800', 'x'.repeat(201)]) expect(nameFault(name, 200)).not.toBeNull();
  });
});
