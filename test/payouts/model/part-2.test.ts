// Random histories of the money engine: one part of them, so that two run side by side.
import { describeCampaign } from './campaign.js';

describeCampaign({ runs: 25, seed: 2 });
