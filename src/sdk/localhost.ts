/** Addresses of somebody's own machine, where users are phantoms that must not reach a collector by accident. */
export const LOCALHOST = /^(file:|https?:\/\/(([^/]+\.)?localhost|127(\.\d+){3}|\[::1])([:/]|$))/;
