/** What is looked for in the first column of a table: spelling in capitals and spaces around it are not told apart. */
export const lookupKey = (text: string): string => text.trim().normalize('NFC').toLowerCase();
