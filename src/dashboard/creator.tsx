// The creators' dashboard, where a browser begins.
import './styles.css';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { router } from './creator/routes.js';
import { startTheme } from './format/theme.js';
import { Gate } from './session/gate.js';
import { startSession } from './session/session.js';

startTheme();
startSession();
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <Gate>
      <RouterProvider router={router} />
    </Gate>,
  );
}
