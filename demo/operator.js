/*
 * What the operator's server tells the collector: who registered with which address, and what happened there. The secret key
 * belongs on a server and never in a page: it stands here because this site has no server of its own.
 */
(() => {
  const SECRET_KEY = 'demo-secret';
  const LAMP = { item: 'lamp', item_name: 'The brass lamp' };

  const tell = async (event) => {
    const response = await fetch('/api/external/events/v2', {
      method: 'POST',
      headers: { authorization: SECRET_KEY, 'content-type': 'application/json' },
      body: JSON.stringify({ eid: crypto.randomUUID(), event_date: Date.now(), ext_brand_id: 'spacex', ...event }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${answer.code}: ${answer.message}`);
    if (answer.rejected.length) throw new Error(`${answer.rejected[0].code}: ${answer.rejected[0].message}`);
  };
  const action = (payload) => ({ event_type: 'client_action', payload });

  window.demo.operator = {
    registered: (user) =>
      tell({
        user_ext_id: user,
        event_type: 'update_profile',
        payload: { name: user, email: `${encodeURIComponent(user)}@customers.example` },
      }),
    reset: (user) =>
      tell({
        user_ext_id: user,
        ...action({ client_action: 'reset_password', url: 'https://www.example.com/reset?code=WREWSREGS' }),
      }),
    cashback: (user) =>
      tell({
        user_ext_id: user,
        ...action({
          client_action: 'cashback_ready',
          cashback_amount: 44.22,
          cashback_currency: 'USD',
          url: 'https://www.example.com/activate_cashback?code=WREWSREGS',
        }),
      }),
    stock: () => tell({ scope: 'system', ...action({ client_action: 'item_in_stock', ...LAMP }) }),
  };
})();
