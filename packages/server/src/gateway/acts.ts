import type {
  CommandPort,
  HookActs,
  HookName,
  Hooks,
  Identity,
  PublishPort,
  PublishResult,
  ReceiptPort,
} from '@ms5/hub';
import { matchesAny, type CommandMessage, type OutcomeMessage } from '@ms5/wire';
import type { EnginePort } from '../engine-port.ts';

type Publication = HookActs['publish']['publication'];
type Outcome = Omit<OutcomeMessage, 'type' | 'id'>;

/** Refused before the engine was asked. */
interface RefusedByPlugin {
  readonly status: 'refusedByPlugin';
  readonly message: string;
}
export type Refused = RefusedByPlugin | { readonly status: 'forbidden'; readonly message: string };

/** What is done for others than the hub's sessions, with the same hooks around it. */
export interface Acts {
  /** Who was authenticated may be refused; the message says why, `null`: not refused. */
  authenticated(act: HookActs['authenticate']): Promise<string | null>;
  /** Resolves when it is durable. Rejects when that cannot be learnt. */
  publish(publication: Publication, author: Identity): Promise<PublishResult | Refused>;
  /**
   * Several, in this order. Each resolves or rejects on its own, once the before-hooks of all were asked.
   */
  publishAll(
    publications: readonly Publication[],
    author: Identity,
  ): Promise<readonly PromiseSettledResult<PublishResult | Refused>[]>;
  command(command: Omit<CommandMessage, 'type' | 'id'>, author: Identity): Promise<Outcome | RefusedByPlugin>;
}

export interface ActsOptions {
  readonly commands: CommandPort;
  readonly publishing: PublishPort;
  readonly hooks: Hooks | undefined;
}

export function createActs({ commands, publishing, hooks }: ActsOptions): Acts {
  const refusal = async <Name extends HookName>(name: Name, act: HookActs[Name]): Promise<string | null> => {
    const verdict = await hooks?.before(name, act);
    return verdict?.verdict === 'refuse' ? verdict.message : null;
  };

  /** Asks; the publication that was let pass is under way when it resolves. */
  const begin = async (
    publication: Publication,
    author: Identity,
  ): Promise<{ readonly result: Promise<PublishResult | Refused> }> => {
    const refused = await refusePublication(publication, author);
    if (refused !== null) return { result: Promise.resolve(refused) };
    const result = publishing.publish(publication, author).then((done) => {
      hooks?.after('publish', { identity: author, publication }, { result: done });
      return done;
    });
    // Whoever awaits it hears of a rejection; until then it is nobody's.
    result.catch(() => undefined);
    return { result };
  };

  const refusePublication = async (publication: Publication, author: Identity): Promise<Refused | null> => {
    if (!matchesAny(author.permissions.publish, publication.topic)) {
      const message = `publishing to ${publication.topic} is not permitted`;
      return { status: 'forbidden', message };
    }
    const message = await refusal('publish', { identity: author, publication });
    return message === null ? null : { status: 'refusedByPlugin', message };
  };

  return {
    async authenticated(act) {
      const message = await refusal('authenticate', act);
      if (message === null) hooks?.after('authenticate', act, {});
      return message;
    },
    async publish(publication, author) {
      const { result } = await begin(publication, author);
      return result;
    },
    async publishAll(publications, author) {
      const results: Promise<PublishResult | Refused>[] = [];
      for (const publication of publications) results.push((await begin(publication, author)).result);
      return Promise.allSettled(results);
    },
    async command(command, author) {
      const message = await refusal('command', { identity: author, command });
      if (message !== null) return { status: 'refusedByPlugin', message };
      const outcome = await commands.execute({ type: 'command', id: 0, ...command }, author);
      hooks?.after('command', { identity: author, command }, { outcome });
      return outcome;
    },
  };
}

/** Takes commands of sessions and requests to the engine. */
export function commandPort(engine: Pick<EnginePort, 'command'>): CommandPort {
  return {
    execute: ({ command, data, key, deadline, expected }, author) =>
      engine.command({
        command,
        data,
        key,
        ...(deadline === undefined ? {} : { deadline }),
        ...(expected === undefined ? {} : { expected }),
        author: { userId: author.userId, name: author.name },
        permitted: author.permissions.command,
        readable: author.permissions.subscribe,
      }),
  };
}

/** Takes notice of what was displayed to the engine. */
export function receiptPort(engine: EnginePort, now: () => number): ReceiptPort {
  return {
    displayed: (receipt, { userId, name }) => {
      engine.displayed({ ...receipt, reader: { userId, name }, at: now() });
    },
  };
}

/** Takes publications to the engine, with what the protocol says is meant when it is left out. */
export function publishPort(engine: EnginePort): PublishPort {
  return {
    publish: ({ topic, kind = 'stream', lane = 'normal', data, key }, author) =>
      engine.publish({
        topic,
        kind,
        lane,
        data,
        ...(key === undefined ? {} : { key }),
        author: { userId: author.userId, name: author.name },
      }),
  };
}
