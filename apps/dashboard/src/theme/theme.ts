import { createTheme, defaultVariantColorsResolver, type MantineColorsTuple } from '@mantine/core';

/** Slate: the one colour of controls, so that saturated colour is left for what is abnormal. */
const slate: MantineColorsTuple = [
  '#f2f4f6',
  '#e2e7eb',
  '#d5dde4',
  '#b4c0cb',
  '#8fa0af',
  '#6d8194',
  '#526678',
  '#3b4c5b',
  '#2a3844',
  '#1d2831',
];

const dark: MantineColorsTuple = [
  '#e9edf0',
  '#c3cbd2',
  '#aab4bd',
  '#78838d',
  '#4a535b',
  '#343b42',
  '#1e2327',
  '#171b1e',
  '#121518',
  '#0d0f11',
];

export const theme = createTheme({
  colors: { slate, dark },
  primaryColor: 'slate',
  primaryShade: { light: 8, dark: 2 },
  // A filled control is ink on the ground, in both appearances.
  variantColorResolver: (input) =>
    input.variant === 'filled' && input.color === 'slate'
      ? {
          background: 'var(--ink)',
          hover: 'color-mix(in srgb, var(--ink) 85%, var(--card))',
          color: 'var(--ink-inverse)',
          border: '1px solid transparent',
        }
      : defaultVariantColorsResolver(input),
  components: {
    // Named, because a variant left out is coloured by the style sheet instead of by the resolver above.
    Button: { defaultProps: { variant: 'filled' } },
  },
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--font-mono)',
  defaultRadius: 'md',
  radius: { sm: '6px', md: '8px', lg: '10px' },
  cursorType: 'pointer',
  // Rings come from tokens.css for everything that can have focus.
  focusRing: 'never',
  respectReducedMotion: true,
  headings: { fontWeight: '650' },
});
