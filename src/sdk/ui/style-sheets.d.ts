/** The build hands a style sheet over as its text: a page's policy lets no other in. */
declare module '*.css' {
  const text: string;
  export default text;
}
