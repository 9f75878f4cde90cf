import { ActionIcon, Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconLanguage, IconMoon, IconSun } from '@tabler/icons-react';
import { CATALOGUE, LANGUAGES } from '../text/languages.ts';
import { useText } from '../text/text.tsx';

/** Language, and light or dark; both follow the device until someone chooses. */
export function Preferences() {
  const { t, language, setLanguage } = useText();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const next = scheme === 'dark' ? 'light' : 'dark';
  return (
    <>
      <Menu position="bottom-end" width={180}>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={44}
            aria-label={`${t.shell.language}: ${CATALOGUE[language].name}`}
          >
            <IconLanguage aria-hidden size={22} stroke={1.8} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {LANGUAGES.map((option) => (
            <Menu.Item
              key={option}
              lang={option}
              aria-current={option === language}
              fw={option === language ? 700 : 400}
              onClick={() => setLanguage(option)}
            >
              {CATALOGUE[option].name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={44}
        aria-label={t.shell[next]}
        onClick={() => setColorScheme(next)}
      >
        {scheme === 'dark' ? (
          <IconSun aria-hidden size={22} stroke={1.8} />
        ) : (
          <IconMoon aria-hidden size={22} stroke={1.8} />
        )}
      </ActionIcon>
    </>
  );
}
