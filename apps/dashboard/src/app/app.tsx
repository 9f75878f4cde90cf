import { MantineProvider } from '@mantine/core';
import { Suspense } from 'react';
import { BrowserRouter, Route, Routes } from 'react-router';
import { TextProvider } from '../text/text.tsx';
import { theme } from '../theme/theme.ts';
import { FailureBoundary } from './failure-boundary.tsx';
import { LoadingPlant } from './plant-loading.tsx';
import { type Ports, PortsProvider } from './ports.ts';
import { LOGIN_PATH } from './return-path.ts';
import { LinePage, LoginPage, NotFoundPage, PlantPage } from './screens.ts';
import { Shell } from './shell.tsx';
import { SignedIn } from './signed-in.tsx';

export function App({ ports }: { readonly ports: Ports }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <TextProvider>
        <PortsProvider value={ports}>
          <FailureBoundary>
            <BrowserRouter>
              <Suspense fallback={<LoadingPlant />}>
                <Routes>
                  <Route path={LOGIN_PATH} element={<LoginPage />} />
                  <Route
                    element={
                      <SignedIn>
                        <Shell />
                      </SignedIn>
                    }
                  >
                    <Route index element={<PlantPage />} />
                    <Route path="/lines/:area/:line" element={<LinePage />} />
                    <Route path="*" element={<NotFoundPage />} />
                  </Route>
                </Routes>
              </Suspense>
            </BrowserRouter>
          </FailureBoundary>
        </PortsProvider>
      </TextProvider>
    </MantineProvider>
  );
}
