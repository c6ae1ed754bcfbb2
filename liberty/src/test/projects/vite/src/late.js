export const text = 'came late';
