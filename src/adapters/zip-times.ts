import { invariant } from '../domain/errors.js';

/** Records of a ZIP file by their signatures, and where the times stand in them (APPNOTE, 4.3.7, 4.3.12 and 4.3.16). */
const endSignature = 0x06054b50;
const endBytes = 22;
const entrySignature = 0x02014b50;
const entryBytes = 46;
const fileSignature = 0x04034b50;
/** 1980-01-01 00:00, the first that a ZIP file can tell: the time in the lower half, the date in the upper. */
const epoch = 0x00210000;

/**
 * The same ZIP file with every file in it dated 1980-01-01: the clock's time, in the zone of the machine, would make other bytes of the same
 * content. Changes the buffer that it is given. For files without comment and below 4 GB, as write-excel-file makes them.
 */
export function withoutTimes(zip: Buffer): Buffer {
  const end = zip.length - endBytes;
  invariant(end >= 0 && zip.readUInt32LE(end) === endSignature, 'a workbook ends as a ZIP file does');
  const entries = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  for (let entry = 0; entry < entries; entry += 1) {
    invariant(zip.readUInt32LE(at) === entrySignature, 'a workbook lists its parts as a ZIP file does');
    const file = zip.readUInt32LE(at + 42);
    invariant(zip.readUInt32LE(file) === fileSignature, 'a workbook holds its parts as a ZIP file does');
    zip.writeUInt32LE(epoch, at + 12);
    zip.writeUInt32LE(epoch, file + 10);
    at += entryBytes + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return zip;
}
