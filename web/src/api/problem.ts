import type { components } from './schema';

export type FieldError = components['schemas']['FieldError'];

/** An answer that is not a success, or none at all (`no_connection`). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly errors: FieldError[] = [],
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(detail);
    this.name = 'Problem';
  }
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a success; throws a Problem for everything else. */
export async function answerOf<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(0, 'no_connection', 'The platform does not answer.');
  }
  if (answer.response.ok) return answer.data as T;
  throw problemOf(answer.error, answer.response);
}

function problemOf(body: unknown, response: Response): Problem {
  const retry = Number(response.headers.get('Retry-After'));
  const retryAfter = Number.isFinite(retry) && retry > 0 ? retry : null;
  if (body !== null && typeof body === 'object' && 'code' in body && typeof body.code === 'string') {
    const problem = body as components['schemas']['Problem'];
    return new Problem(response.status, problem.code, problem.detail, problem.errors ?? [], retryAfter);
  }
  return new Problem(
    response.status,
    'internal',
    `The platform answered ${response.status}.`,
    [],
    retryAfter,
  );
}
