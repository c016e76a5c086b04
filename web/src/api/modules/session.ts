import { api, body, type Schema } from "../client";
import { etag } from "../condition";
import { forgetSeen } from "../consistency";
import { ProblemError } from "../problem";

export type Session = Schema["Session"];

/** The session of this browser; `null` when nobody is signed in. */
export async function currentSession(): Promise<Session | null> {
  try {
    return await body(api().GET("/api/v1/session"));
  } catch (error) {
    if (error instanceof ProblemError && (error.status === 401 || error.status === 404)) return null;
    throw error;
  }
}

/** Opens a session with an API token. The token is sent once and kept nowhere: the host answers with a cookie that no script reads. */
export async function signIn(token: string): Promise<Session> {
  forgetSeen();
  return body(api().POST("/api/v1/session", { body: {}, headers: { authorization: `bearer ${token}` } }));
}

/** Ends `session`, whose version stands for its entity tag. */
export async function signOut(session: Session): Promise<void> {
  await api().DELETE("/api/v1/session", { params: { header: { "If-Match": etag(session.row_version) } } });
  forgetSeen();
}
