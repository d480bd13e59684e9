/* A developer's machine is full of phantom users: the SDK reports nothing from one unless the page says so. */
window._smartico_allow_localhost = true;
