/** A plugin that cannot be used: the message says which, what was found and what was expected. */
export class PluginError extends Error {
  override readonly name = 'PluginError';
}
