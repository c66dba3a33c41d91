// Where things are on the reference site.

export const PROCESS = "droit-d-interpellation";
export const DEPOSITS = `/garennes/${PROCESS}/interpellations/`;
export const CYCLING = "reseau-cyclable";

/** The forms of every deposit that has supports; pages link to them only while they are open. */
export async function forms(visit) {
  const { deposits } = await visit.counts(PROCESS);
  return Object.keys(deposits).flatMap((id) => [`${DEPOSITS}${id}/soutenir/`, `${DEPOSITS}${id}/retirer/`]);
}
