/**
 * Whom the live view is about: a customer by the operator's id, or a visitor by the device. Pure.
 */
export type Whose = { customer: string } | { visitor: string };

export const whoseOf = ({
  user_ext_id,
  device_id,
}: {
  user_ext_id: string | null;
  device_id: string | null;
}): Whose | null =>
  user_ext_id === null ? (device_id === null ? null : { visitor: device_id }) : { customer: user_ext_id };

export const pathOf = (whose: Whose): string =>
  'customer' in whose
    ? `/v1/customers/${encodeURIComponent(whose.customer)}`
    : `/v1/visitors/${encodeURIComponent(whose.visitor)}`;

export const nameOf = (whose: Whose): string => ('customer' in whose ? whose.customer : `visitor ${whose.visitor}`);

export const isSame = (one: Whose | null, other: Whose | null): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
