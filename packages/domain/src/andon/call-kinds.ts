export type CallType = 'material' | 'maintenance' | 'quality' | 'process' | 'safety' | 'other';
export type CallPriority = 'low' | 'medium' | 'high' | 'critical';
