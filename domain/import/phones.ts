import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import { fault, quoted, type Habits, type Read } from './read';

export { isSupportedCountry };

/** A number in whatever way people write it, as +4930901820. One without its country is not guessed. */
export function readPhone(text: string, { country }: Habits): Read<string> {
  if (/^[\d.,]+e\+?\d+$/i.test(text))
    return fault(`${quoted(text)} is what a spreadsheet makes of a long number`, 'format the column as text and export it again');
  // Spreadsheets show a leading apostrophe where a number is kept as text; 00 leads abroad from nearly everywhere.
  const bare = text.replace(/^'/, '').replace(/^00(?=[1-9])/, '+');
  const known = country && isSupportedCountry(country) ? country : undefined;
  if (!bare.trimStart().startsWith('+') && !known)
    return fault(`${quoted(text)} does not say its country`, 'write it with +49 and the like, or say --country DE');
  const parsed = parsePhoneNumberFromString(bare, known);
  if (!parsed?.isValid()) return fault(`${quoted(text)} is no phone number${known ? ` (read for ${known})` : ''}`, 'write it as +49 30 901820');
  return parsed.ext ? fault(`${quoted(text)} has an extension`, 'give a number that can be dialled directly') : { value: parsed.number };
}
