/**
 * What the widget's address says: whom it is about, the proof, and how it should look. Published names, `hash` as an alias.
 */
export interface Address {
  label_key: string;
  brand_key: string | null;
  user_ext_id: string;
  hash: string | null;
  screen: 'profile' | 'inbox';
  theme: 'light' | 'dark' | null;
  /** Two letters. */
  lang: string;
}

export const readAddress = (query: string, languages: readonly string[]): Address => {
  const given = new URLSearchParams(query);
  const theme = given.get('theme');
  const lang = given.get('lang') || languages[0] || 'en';
  return {
    label_key: given.get('label_key') ?? '',
    brand_key: given.get('brand_key'),
    user_ext_id: given.get('user_ext_id') ?? '',
    hash: given.get('user_hash') || given.get('hash'),
    screen: given.get('screen')?.startsWith('inbox') ? 'inbox' : 'profile',
    theme: theme === 'dark' || theme === 'light' ? theme : null,
    lang: lang.slice(0, 2).toLowerCase(),
  };
};
