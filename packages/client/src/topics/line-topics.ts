/** The topics of one line. `line` is `{area}/{line}`. */
export function lineTopics(site: string, line: string) {
  const base = `${site}/${line}`;
  return {
    status: `${base}/status`,
    production: `${base}/production`,
    oee: `${base}/oee`,
    periods: `${base}/periods`,
    plan: `${base}/plan`,
    maintenance: `${base}/maintenance`,
    timeline: `${base}/timeline`,
    andon: `${base}/andon`,
    downtime: `${base}/downtime`,
    alarmStatistics: `${base}/alarmStatistics`,
    job: `${base}/job`,
    changeover: `${base}/changeover`,
    quality: `${base}/quality`,
    events: `${base}/events`,
    equipment: (equipment: string) => ({
      status: `${base}/${equipment}/status`,
      alarms: `${base}/${equipment}/alarms`,
      telemetry: (name: string) => `${base}/${equipment}/telemetry/${name}`,
    }),
  } as const;
}

/** Filters over all lines of a site. */
export function siteTopics(site: string) {
  const lines = `${site}/+/+`;
  return {
    status: `${lines}/status`,
    production: `${lines}/production`,
    oee: `${lines}/oee`,
    andon: `${lines}/andon`,
    downtime: `${lines}/downtime`,
    job: `${lines}/job`,
    changeover: `${lines}/changeover`,
    quality: `${lines}/quality`,
    events: `${lines}/events`,
    escalations: `${site}/escalations`,
    siteOee: `${site}/oee`,
    areaOee: `${site}/+/oee`,
  } as const;
}

/** `{area}/{line}` of a line's topic, as commands want it; `null` when the topic is not one of a line. */
export function lineOf(topic: string): string | null {
  const [, area, line] = topic.split('/');
  return area === undefined || line === undefined ? null : `${area}/${line}`;
}
