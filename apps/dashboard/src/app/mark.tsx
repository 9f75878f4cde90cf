/** The product's mark; the same drawing as public/favicon.svg. */
export function Mark({ size }: { readonly size: number }) {
  return (
    <svg aria-hidden width={size} height={size} viewBox="0 0 32 32">
      <rect width="32" height="32" rx="7" fill="#24303a" />
      <rect x="6" y="17" width="4.5" height="9" rx="1" fill="#93b3a6" />
      <rect x="13.75" y="12" width="4.5" height="14" rx="1" fill="#93b3a6" />
      <rect x="21.5" y="6" width="4.5" height="20" rx="1" fill="#f0a53c" />
    </svg>
  );
}
