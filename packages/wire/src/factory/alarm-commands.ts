/** Commands on alarms of machines. `alarm` and `alarmId` are those of the topic `…/{equipment}/alarms`. */
export interface AlarmCommands {
  /** Returns `{ alarmId }`. A conflict where the alarm was raised again, or became worse, since. */
  acknowledgeAlarm: BoundToAlarm;
  /** Of an alarm that latches, once it is no longer active. Returns `{ alarmId }`. */
  resetLatchedAlarm: BoundToAlarm;
  /** Nobody is told of it for `forMs` (1 min to 24 h); omitted: until its occurrence returns. */
  shelveAlarm: OnAlarm & {
    readonly forMs?: number;
    /** The occurrence that was on the screen; omitted: whichever there is. */
    readonly alarmId?: string;
  };
  unshelveAlarm: OnAlarm;
  /**
   * By design, until it is released. Like the next three it needs the permission to command
   * `{site}/{area}/{line}/{equipment}/alarms`.
   */
  suppressAlarm: OnAlarm;
  releaseAlarm: OnAlarm;
  takeAlarmOutOfService: OnAlarm;
  returnAlarmToService: OnAlarm;
}

interface BoundToAlarm {
  readonly line: string;
  readonly alarmId: string;
  readonly note?: string;
}

interface OnAlarm {
  readonly line: string;
  /** `{area}/{line}/{equipment}`. */
  readonly equipment: string;
  readonly alarm: string;
  readonly note?: string;
}
