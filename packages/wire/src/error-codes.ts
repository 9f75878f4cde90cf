/** Why a request failed. The connection stays open. */
export interface RequestError {
  readonly code: number;
  readonly name: string;
  /** True when the same request may succeed later. */
  readonly temporary: boolean;
  /** For people; the error message says more where more is known. */
  readonly message: string;
}

const permanent = <Name extends string>(code: number, name: Name, message: string) => ({
  code,
  name,
  temporary: false,
  message,
});
const temporary = <Name extends string>(code: number, name: Name, message: string) => ({
  code,
  name,
  temporary: true,
  message,
});

export const REQUEST_ERRORS = {
  invalidMessage: permanent(100, 'invalidMessage', 'the message does not have the required shape'),
  wrongState: permanent(101, 'wrongState', 'the message is not allowed in this state of the connection'),
  messageTooLarge: permanent(102, 'messageTooLarge', 'the message is too large'),
  requestsTooFast: temporary(103, 'requestsTooFast', 'requests come too fast'),
  invalidFilter: permanent(110, 'invalidFilter', 'the topic filter is not valid'),
  forbidden: permanent(111, 'forbidden', 'the permissions leave nothing of the request'),
  tooManySubscriptions: permanent(112, 'tooManySubscriptions', 'the session has too many subscriptions'),
  rateRefused: permanent(113, 'rateRefused', 'streams and critical topics are not sent at a lower rate'),
  foreignKey: permanent(120, 'foreignKey', 'the key names another client'),
  commandsTooFast: temporary(121, 'commandsTooFast', 'commands come too fast'),
  commandsOutstanding: temporary(122, 'commandsOutstanding', 'too many commands are outstanding'),
  commandFailed: temporary(
    123,
    'commandFailed',
    'the outcome of the command is not known; ask again with the same key',
  ),
  publishRefused: permanent(124, 'publishRefused', 'this cannot be published'),
  publishFailed: temporary(
    125,
    'publishFailed',
    'whether it was published is not known; ask again with the same key',
  ),
  publishesTooFast: temporary(126, 'publishesTooFast', 'publications come too fast'),
  refreshRefused: permanent(130, 'refreshRefused', 'the new token was refused'),
  refreshUnavailable: temporary(131, 'refreshUnavailable', 'the new token could not be checked now'),
  overloaded: temporary(140, 'overloaded', 'the server takes no more sessions now'),
  draining: temporary(141, 'draining', 'the server is shutting down; ask again after reconnecting'),
  tooManySessions: temporary(142, 'tooManySessions', 'the user has too many sessions'),
  refusedByPlugin: permanent(151, 'refusedByPlugin', 'a plugin of the server refused it'),
  notAvailable: permanent(150, 'notAvailable', 'the server does not offer this'),
} as const satisfies Readonly<Record<string, RequestError>>;
export type RequestErrorName = keyof typeof REQUEST_ERRORS;
