import css from './fingerprint.module.css';

/** What people type of a fingerprint: with colons or spaces, or without. */
export const print_form = /^([0-9A-Fa-f]{2}[: ]*){32}$/;

/** As openssl and browsers write it: entries of the audit log are older than that. */
export const printOf = (text: string) =>
  text
    .replaceAll(/[: ]/g, '')
    .toUpperCase()
    .replaceAll(/(..)(?=.)/g, '$1:');

/** Eight pairs on a line. */
export const Fingerprint = ({ of }: { of: string }) => <code className={`mono ${css.print}`}>{of}</code>;
