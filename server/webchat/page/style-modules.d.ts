/** The builder takes style files out of the script. */
declare module '*.css';
