/* Functions of Windows 10 that wheels are linked with and Wine 8 lacks, one DLL for each word that is defined. */
#include <windows.h>

#define EXPORT __declspec(dllexport)
#define NOTHING(name) EXPORT void *WINAPI name(void) { return 0; }

#ifdef BCRYPTPRIMITIVES
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
EXPORT BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) { return SystemFunction036(data, (ULONG)length); }
#endif

#ifdef RESTRICTED_ERRORS
EXPORT BOOL WINAPI RoOriginateLanguageException(HRESULT code, void *text, void *object) { return FALSE; }
#endif

#ifdef ICUUC
/* Qt asks for encodings here that Python is asked for; 4 says that there is none. */
EXPORT void *ucnv_open(const char *name, int *error) { if (error) *error = 4; return 0; }
NOTHING(ucnv_close) NOTHING(ucnv_reset) NOTHING(ucnv_getMaxCharSize) NOTHING(ucnv_getName)
NOTHING(ucnv_getToUCallBack) NOTHING(ucnv_getFromUCallBack) NOTHING(ucnv_setToUCallBack)
NOTHING(ucnv_setFromUCallBack) NOTHING(ucnv_cbToUWriteUChars) NOTHING(ucnv_toUnicode)
NOTHING(ucnv_cbFromUWriteUChars) NOTHING(ucnv_toUCountPending) NOTHING(ucnv_fromUCountPending)
NOTHING(ucnv_getStandardName) NOTHING(ucnv_getAvailableName) NOTHING(ucnv_countAvailable) NOTHING(ucnv_fromUnicode)
NOTHING(UCNV_FROM_U_CALLBACK_SUBSTITUTE) NOTHING(UCNV_TO_U_CALLBACK_SUBSTITUTE)
#endif

#ifdef MSCMS
EXPORT BOOL WINAPI GetColorProfileFromHandle(void *profile, void *data, void *size) { return FALSE; }
EXPORT BOOL WINAPI CloseColorProfile(void *profile) { return TRUE; }
EXPORT void *WINAPI WcsCreateIccProfile(void *profile, DWORD options) { return 0; }
EXPORT void *WINAPI OpenColorProfileW(void *profile, DWORD access, DWORD share, DWORD mode) { return 0; }
#endif
