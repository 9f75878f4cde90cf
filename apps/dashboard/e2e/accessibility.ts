import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** WCAG 2.2, levels A and AA. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe finds on the page as it is now, one line per finding: rule, place, what to do. */
export async function accessibilityFindings(page: Page): Promise<string[]> {
  // Evaluated rather than added as a script, which the page's content security policy forbids.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(async (values) => {
    const { axe: loaded } = globalThis as unknown as { readonly axe: typeof axe };
    return loaded.run(document, { runOnly: { type: 'tag', values } });
  }, RULES);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? help}`),
  );
}
