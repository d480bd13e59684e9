/**
 * What the drawings say by themselves, in the languages that they speak; another language hears English.
 */
const names = [
  'close',
  'back',
  'open',
  'inbox',
  'count',
  'readAll',
  'empty',
  'more',
  'star',
  'delete',
  'deleted',
  'undo',
  'failed',
  'retry',
  'profile',
] as const;
/** `count` has a `#` where the number goes. */
export type Words = Record<(typeof names)[number], string>;

/** In the order of the names; a list weighs a page less than a table. */
const tables: { [language: string]: string } = {
  en: 'Close|Back|Open|Inbox|# unread|Mark all as read|No messages|Show more|Star|Delete|Deleted|Undo|That did not work.|Try again|Profile',
  es: 'Cerrar|Volver|Abrir|Mensajes|# sin leer|Marcar todo como leído|No hay mensajes|Ver más|Destacar|Eliminar|Eliminado|Deshacer|No funcionó.|Reintentar|Perfil',
  pt: 'Fechar|Voltar|Abrir|Mensagens|# por ler|Marcar tudo como lido|Não há mensagens|Ver mais|Destacar|Eliminar|Eliminada|Desfazer|Não funcionou.|Repetir|Perfil',
  de: 'Schließen|Zurück|Öffnen|Nachrichten|# ungelesen|Alle gelesen|Keine Nachrichten|Mehr|Markieren|Löschen|Gelöscht|Rückgängig|Nicht gelungen.|Erneut versuchen|Profil',
  fr: 'Fermer|Retour|Ouvrir|Messages|# non lus|Tout lu|Pas de messages|Voir plus|Marquer|Supprimer|Supprimé|Annuler|Échec.|Réessayer|Profil',
  uk: 'Закрити|Назад|Відкрити|Повідомлення|# непрочитаних|Прочитати все|Повідомлень немає|Показати ще|Зірочка|Видалити|Видалено|Скасувати|Не вдалося.|Ще раз|Профіль',
  ar: 'إغلاق|رجوع|فتح|الرسائل|# غير مقروءة|تحديد الكل كمقروء|لا توجد رسائل|عرض المزيد|تمييز بنجمة|حذف|حُذفت|تراجع|لم ينجح ذلك.|إعادة المحاولة|الملف الشخصي',
};

/** What the page speaks, as far as the drawings do. */
export interface Speech {
  words: Words;
  /** Dates are written in it too. */
  language: string;
  dir: 'ltr' | 'rtl';
}

/** @param wanted two letters, lower case */
export const speechIn = (wanted: string): Speech => {
  const language = Object.keys(tables).includes(wanted) ? wanted : 'en';
  const said = tables[language]?.split('|') ?? [];
  const words = Object.fromEntries(names.map((name, place) => [name, said[place]])) as Words;
  return { words, language, dir: language === 'ar' ? 'rtl' : 'ltr' };
};
