// Restores a backup and kills itself at one step: `node test/restore-killed.ts URL FILE STEP`, the secret in ANLAN_SECRET.
import { checkBackup } from '../src/words/backup-check.ts'
import { restoreBackup } from '../src/words/restore.ts'

const [url = '', file = '', step] = process.argv.slice(2)
await restoreBackup(url, process.env.ANLAN_SECRET ?? '', file, await checkBackup(file), {
  at: (now) => {
    if (now === step) process.kill(process.pid, 'SIGKILL')
  },
})
