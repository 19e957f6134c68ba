import type { Command } from '../../chat/command.ts';
import type { Download } from '../../chat/download.ts';
import type { Logger } from '../../kit/log.ts';

export interface SlackOptions {
  /** xoxb-…: the app as it is installed in one workspace. */
  readonly botToken: string;
  /** xapp-…, with connections:write: events come through a socket that we open (Socket Mode). */
  readonly appToken?: string;
  /** In place of `appToken`: Slack sends events to a server of ours. */
  readonly http?: SlackHttp;
  /** @default 'https://slack.com/api/' */
  readonly apiUrl?: string;
  readonly commands: readonly Command[];
  readonly log: Logger;
  readonly download: Download;
  /** Hosts beside files.slack.com that pictures may come from. @default [] */
  readonly pictureHosts?: readonly string[];
  /** @default 32 MB */
  readonly maxPictureBytes?: number;
  /**
   * Milliseconds without an answer after which the socket is given up; also the pause before it
   * is opened again.
   * @default 5000
   */
  readonly socketTimeout?: number;
}

export interface SlackHttp {
  readonly signingSecret: string;
  /** Events arrive at POST /slack/events there; 0 takes any that is free. */
  readonly port: number;
  /** @default every interface */
  readonly host?: string;
}
