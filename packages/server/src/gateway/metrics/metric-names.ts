/** A metric as the page `/metrics` shows it. Units are in the names, by the conventions of Prometheus. */
export interface MetricSpec {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

const counter = (name: string, help: string, ...labels: string[]): MetricSpec => ({
  name,
  type: 'counter',
  help,
  labels,
});
const gauge = (name: string, help: string, ...labels: string[]): MetricSpec => ({
  name,
  type: 'gauge',
  help,
  labels,
});
const histogram = (name: string, help: string, ...labels: string[]): MetricSpec => ({
  name,
  type: 'histogram',
  help,
  labels,
});

/** Every metric there is. Times are in seconds, sizes in bytes, parts of a whole between 0 and 1. */
export const METRICS = {
  buildInfo: gauge('ms5_build_info', 'Always 1; the version is a label.', 'version'),
  startTime: gauge('ms5_start_time_seconds', 'When the server started, since the epoch.'),
  healthScore: gauge('ms5_health_score_ratio', 'Score of the system, 0 to 1.'),
  degradationLevel: gauge(
    'ms5_degradation_level',
    'What is shed: 0 nothing, 1 low slower, 2 low paused, 3 normal slower and new sessions refused.',
  ),
  alerts: gauge('ms5_alerts', 'Alerts raised now.', 'rule', 'severity'),
  alertsRaised: counter('ms5_alerts_raised_total', 'Alerts raised.', 'rule'),
  alertsCleared: counter('ms5_alerts_cleared_total', 'Alerts cleared.', 'rule'),

  connections: gauge('ms5_connections', 'Connections open: WebSockets and event streams.'),
  sessions: gauge('ms5_sessions', 'Sessions that are served, by endpoint and band.', 'endpoint', 'band'),
  sessionsOpened: counter('ms5_sessions_opened_total', 'Sessions begun.'),
  sessionReconnects: counter(
    'ms5_session_reconnects_total',
    'Sessions of clients that had been there within the hour before.',
  ),
  sessionCloses: counter('ms5_session_closes_total', 'Sessions ended, by close code.', 'code'),
  refusals: counter('ms5_refusals_total', 'Requests and connections refused, by error.', 'error'),
  authenticationFailures: counter(
    'ms5_authentication_failures_total',
    'Tokens and logins refused, by reason.',
    'reason',
  ),
  httpProblems: counter('ms5_http_problems_total', 'HTTP requests answered with a problem, by code.', 'code'),

  commands: counter('ms5_commands_total', 'Commands answered, by outcome.', 'outcome'),
  commandsInFlight: gauge('ms5_commands_in_flight', 'Commands without an outcome yet.'),
  publishesInFlight: gauge('ms5_publishes_in_flight', 'Publications without an answer yet.'),

  sentMessages: counter('ms5_sent_messages_total', 'WebSocket messages sent.'),
  sentBytes: counter('ms5_sent_bytes_total', 'Payload sent, before compression.'),
  socketWrites: counter('ms5_socket_writes_total', 'Writes to sockets.'),
  receivedMessages: counter('ms5_received_messages_total', 'WebSocket messages received.'),
  receivedBytes: counter('ms5_received_bytes_total', 'Payload received; texts count UTF-16 units.'),

  logEntries: counter('ms5_log_entries_total', 'Committed entries taken by the hub.'),
  topicChanges: counter('ms5_topic_changes_total', 'Changes of topics taken by the hub.'),
  signalValues: counter('ms5_signal_values_total', 'Values of signals taken by the hub.'),
  topics: gauge('ms5_topics', 'Topics there are.'),
  interests: gauge('ms5_interests', 'Distinct sets of filters that sessions have.'),
  framesEncoded: counter(
    'ms5_frames_encoded_total',
    'Frames built; each is built once however many sessions get it.',
  ),
  batchesBuilt: counter('ms5_batches_built_total', 'Batches put together for sessions at the same position.'),
  frameCacheBytes: gauge('ms5_frame_cache_bytes', 'Frames kept for reuse.'),
  flushRounds: counter('ms5_flush_rounds_total', 'Rounds in which sessions were served.'),
  flushSlices: counter('ms5_flush_slices_total', 'Slices of rounds, of about 2 ms.'),
  flushSeconds: counter('ms5_flush_seconds_total', 'Time spent serving sessions.'),
  flushRest: gauge('ms5_flush_rest_seconds', 'Rest a lane takes between flushes at present.', 'lane'),
  handed: histogram(
    'ms5_delivery_handed_seconds',
    'From the commit of a change to the socket, by lane.',
    'lane',
  ),
  acknowledged: histogram(
    'ms5_delivery_acknowledged_seconds',
    'From the commit of a change to the acknowledgement of the client, by lane; one message per session and lane is followed at a time.',
    'lane',
  ),

  eventLoopDelayP99: gauge(
    'ms5_event_loop_delay_p99_seconds',
    'Delay of the event loop of the gateway, 99th percentile of the last second.',
  ),
  eventLoopDelayMax: gauge(
    'ms5_event_loop_delay_max_seconds',
    'Delay of the event loop of the gateway, maximum of the last second.',
  ),
  cpuSeconds: counter('ms5_cpu_seconds_total', 'CPU time of the process, all threads.', 'mode'),
  memoryBytes: gauge(
    'ms5_memory_bytes',
    'Memory of the process: rss, heap used by the gateway thread, external.',
    'kind',
  ),
  memoryShare: gauge('ms5_memory_share_ratio', 'Memory in use of what there is.'),

  engineQueued: gauge('ms5_engine_queued', 'What waits to be committed, by kind.', 'kind'),
  engineBodies: gauge('ms5_engine_waiting_body_bytes', 'Bodies of observations that wait unparsed.'),
  enginePending: gauge(
    'ms5_engine_pending_seconds',
    'Time since the last commit while something waits, else 0.',
  ),
  engineBusy: gauge('ms5_engine_busy_ratio', 'Part of the last second the thread of the engine was at work.'),
  logCommit: histogram('ms5_log_commit_seconds', 'How long commits take.'),
  logOffset: gauge('ms5_log_offset', 'Offset of the newest committed entry.'),
  databaseBytes: gauge('ms5_database_bytes', 'Files of the data directory.'),
  historyBehind: gauge('ms5_history_behind_entries', 'Entries of the log that history has not taken in yet.'),
  historyBehindSeconds: gauge(
    'ms5_history_behind_seconds',
    'Age of the oldest entry of the log that history has not taken in yet; 0: it is in step.',
  ),
  diskFreeBytes: gauge('ms5_disk_free_bytes', 'Free space on the disk of the data directory.'),

  connectorUp: gauge(
    'ms5_connector_up',
    'Whether the connector is connected to its machine.',
    'connector',
    'kind',
  ),
  connectorRejected: gauge(
    'ms5_connector_rejected_lines',
    'Lines the connector could not use since it started.',
    'connector',
  ),

  pluginUp: gauge('ms5_plugin_up', 'Whether the plugin runs.', 'plugin'),
  pluginRestarts: counter(
    'ms5_plugin_restarts_total',
    'Times the thread of the plugin ended and was started anew.',
    'plugin',
  ),
  pluginPending: gauge('ms5_plugin_pending', 'Calls the plugin has not finished.', 'plugin'),
  pluginLogLinesDropped: counter(
    'ms5_plugin_log_lines_dropped_total',
    'Log lines of the plugin that were too many.',
    'plugin',
  ),
  pluginErrors: counter('ms5_plugin_errors_total', 'Hook calls that failed.', 'plugin', 'hook'),
  pluginTimeouts: counter('ms5_plugin_timeouts_total', 'Hook calls that took too long.', 'plugin', 'hook'),
  pluginRefusals: counter('ms5_plugin_refusals_total', 'Acts refused by the hook.', 'plugin', 'hook'),
  pluginDropped: counter(
    'ms5_plugin_dropped_total',
    'Calls not passed on because the plugin was behind or not running.',
    'plugin',
    'hook',
  ),
  pluginHook: histogram('ms5_plugin_hook_seconds', 'How long hook calls take.', 'plugin', 'hook'),
} as const;

export type MetricName = keyof typeof METRICS;
